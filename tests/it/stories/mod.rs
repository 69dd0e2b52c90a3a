mod imports;
mod jobs;
mod members;
mod pos;
mod reference;
mod refusals;
mod sign_in;
mod tenancy;
