mod administration;
mod imports;
mod jobs;
mod members;
mod pos;
mod refusals;
mod sign_in;
mod tenancy;
