//! Banks: the accounts where the company's money is, what the banks say of them, and how both are made one.

pub mod formats;
