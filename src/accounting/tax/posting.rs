//! Where the taxes of a document are posted: pure.

use uuid::Uuid;

use super::model::{TaxGroup, TaxSide, TaxedDocument};
use crate::accounting::{AccountRef, Posting, Role};

impl TaxedDocument {
    /// The tax lines of the document's entry. Net, what cannot be deducted (of each line) and what is payable are the
    /// caller's; with them the entry balances. What bears no tax has a line of nothing, which says its base.
    #[must_use]
    pub fn postings(&self, side: TaxSide) -> Vec<Posting> {
        self.groups.iter().flat_map(|group| group.postings(side)).collect()
    }
}

impl TaxGroup {
    fn postings(&self, side: TaxSide) -> Vec<Posting> {
        let rule = &self.rule;
        let line = |role: Role, own: Option<Uuid>, sign: i64, amount: i64| {
            let account = own.map_or_else(|| AccountRef::Role(role.name().into()), AccountRef::Account);
            Posting::new(account, sign * amount).taxed(rule.id, sign * self.base)
        };
        let own_unless_pending = |own: Option<Uuid>| if rule.is_cash_basis { None } else { own };
        let (output, input) =
            if rule.is_cash_basis { (Role::OutputTaxPending, Role::InputTaxPending) } else { (Role::OutputTax, Role::InputTax) };
        match (side, rule.withheld_of.is_some()) {
            (TaxSide::Sales, true) => vec![line(Role::WithholdingReceivable, rule.output_account_id, 1, self.amount)],
            (TaxSide::Purchases, true) => vec![line(Role::WithholdingPayable, rule.input_account_id, -1, self.amount)],
            (TaxSide::Sales, false) => vec![line(output, own_unless_pending(rule.output_account_id), -1, self.amount)],
            (TaxSide::Purchases, false) => {
                let deducted = line(input, own_unless_pending(rule.input_account_id), 1, self.amount - self.cost);
                // Who buys owes what it deducts.
                let owed = rule.is_reverse_charge.then(|| line(output, own_unless_pending(rule.output_account_id), -1, self.amount));
                std::iter::once(deducted).chain(owed).collect()
            }
        }
    }
}
