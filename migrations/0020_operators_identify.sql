-- Operators change who a company is, by the rules of its country like the company itself.
grant update (tax_identifier_type) on company to balanza_system;
