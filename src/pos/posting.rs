//! From documents of the counter to journal entries: pure.

use uuid::Uuid;

use super::{
    model::{Draft, Till},
    taxes::BorneTax,
};
use crate::{
    accounting::{AccountRef, Entry, Posting, Role},
    platform::problem::Problem,
};

/// Sale: debit what was received, credit sales and each tax; debit cost, credit inventory.
/// Refund: the mirror, through sales returns, at the original cost.
pub fn of(draft: &Draft, till: &Till) -> Result<Entry, Problem> {
    let (sign, revenue) = if draft.kind == "sale" { (1, Role::Sales) } else { (-1, Role::SalesReturns) };
    let money = draft.payments.iter().map(|p| Posting::to_role(&p.role, sign * p.amount));
    let rest = [
        Posting::credit(revenue, sign * draft.net()),
        Posting::debit(Role::CostOfGoodsSold, sign * draft.cost()),
        Posting::credit(Role::Inventory, sign * draft.cost()),
    ];
    let taxes = taxes(draft).into_iter().filter(|tax| tax.base != 0 || tax.amount != 0).map(|tax| {
        let account = tax.account.map_or_else(|| AccountRef::Role(Role::OutputTax.name().into()), AccountRef::Account);
        Posting::new(account, -sign * tax.amount).taxed(tax.tax, -sign * tax.base)
    });
    Entry::new(till.date, "pos", (draft.kind, draft.id), till.register, String::new(), money.chain(rest).chain(taxes))
}

/// What all lines bear of each tax.
fn taxes(draft: &Draft) -> Vec<BorneTax> {
    let mut all: Vec<BorneTax> = vec![];
    for tax in draft.lines.iter().flat_map(|line| &line.taxes) {
        match all.iter_mut().find(|known| known.tax == tax.tax) {
            Some(known) => {
                known.base += tax.base;
                known.amount += tax.amount;
            }
            None => all.push(tax.clone()),
        }
    }
    all
}

/// The drawer holds less than expected: a loss; more: a gain.
pub fn of_difference(shift: Uuid, difference: i64, till: &Till) -> Result<Entry, Problem> {
    let other = if difference < 0 { Role::CashShort } else { Role::CashOver };
    let postings = [Posting::debit(Role::Cash, difference), Posting::credit(other, difference)];
    Entry::new(till.date, "pos", ("shift", shift), till.register, "Cash difference at shift close".into(), postings)
}
