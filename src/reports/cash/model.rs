//! What accounts are to the cash flow, and how an entry's money is shared.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    platform::{money::apportion, sheets::Format},
    reports::{
        layouts::Layout,
        model::{Account, Show},
    },
};

/// How a cash flow is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By what stands against money in its entries.
    #[default]
    Direct,
    /// From the result, and what accounts have changed by.
    Indirect,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CashFlowQuery {
    #[serde(default)]
    #[param(value_type = Option<Method>)]
    pub method: Method,
    /// The first day; absent: that of the fiscal year.
    pub from_date: Option<NaiveDate>,
    /// The last day; absent: today.
    pub to_date: Option<NaiveDate>,
    /// Only what had been posted at that moment: the report as it was then.
    pub known_at: Option<DateTime<Utc>>,
    /// `moved`: lines with figures; `all`: all.
    #[serde(default)]
    #[param(value_type = Option<Show>)]
    pub show: Show,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

/// A line of the cash flow: its code, which begins with its section's, and its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    pub code: &'static str,
    pub direct: [&'static str; 3],
    pub indirect: [&'static str; 3],
}

const fn flow(code: &'static str, direct: [&'static str; 3], indirect: [&'static str; 3]) -> Flow {
    Flow { code, direct, indirect }
}

/// Sections, in order.
pub const SECTIONS: [(&str, [&str; 3]); 3] = [
    ("O", ["Actividades de operación", "Operating activities", "Atividades operacionais"]),
    ("I", ["Actividades de inversión", "Investing activities", "Atividades de investimento"]),
    ("F", ["Actividades de financiación", "Financing activities", "Atividades de financiamento"]),
];

pub const CUSTOMERS: Flow = flow(
    "O.1",
    ["Cobros de clientes", "Received from customers", "Recebimentos de clientes"],
    ["Cuentas por cobrar", "Receivables", "Contas a receber"],
);
pub const SUPPLIERS: Flow = flow(
    "O.2",
    ["Pagos a proveedores", "Paid to suppliers", "Pagamentos a fornecedores"],
    ["Inventarios y cuentas por pagar", "Inventories and payables", "Estoques e contas a pagar"],
);
pub const EXPENSES: Flow = flow(
    "O.3",
    ["Gastos de operación", "Operating expenses", "Despesas operacionais"],
    ["Gastos de operación", "Operating expenses", "Despesas operacionais"],
);
pub const TAXES: Flow = flow("O.4", ["Impuestos", "Taxes", "Impostos"], ["Impuestos", "Taxes", "Impostos"]);
pub const INTEREST: Flow = flow(
    "O.5",
    ["Intereses, comisiones y diferencias de cambio", "Interest, fees and exchange differences", "Juros, tarifas e diferenças de câmbio"],
    ["Intereses, comisiones y diferencias de cambio", "Interest, fees and exchange differences", "Juros, tarifas e diferenças de câmbio"],
);
pub const OTHER: Flow = flow(
    "O.6",
    ["Otros cobros y pagos de operación", "Other operating receipts and payments", "Outros recebimentos e pagamentos"],
    ["Otros activos y pasivos corrientes", "Other current assets and liabilities", "Outros ativos e passivos circulantes"],
);
pub const INVESTING: Flow = flow(
    "I.1",
    ["Inversiones y desinversiones", "Investments and disposals", "Investimentos e alienações"],
    ["Inversiones y desinversiones", "Investments and disposals", "Investimentos e alienações"],
);
pub const DEBTS: Flow = flow(
    "F.1",
    ["Préstamos y otras deudas", "Loans and other debts", "Empréstimos e outras dívidas"],
    ["Préstamos y otras deudas", "Loans and other debts", "Empréstimos e outras dívidas"],
);
pub const OWNERS: Flow = flow(
    "F.2",
    ["Aportes y distribuciones a socios", "Contributions and distributions to owners", "Aportes e distribuições aos sócios"],
    ["Aportes y distribuciones a socios", "Contributions and distributions to owners", "Aportes e distribuições aos sócios"],
);

pub const FLOWS: [Flow; 9] = [CUSTOMERS, SUPPLIERS, EXPENSES, TAXES, INTEREST, OTHER, INVESTING, DEBTS, OWNERS];

/// What stands behind money that an account is debited or credited against.
#[must_use]
pub fn flow_of(account: &Account, layout: &Layout) -> Flow {
    let begins = |prefixes: &[String]| prefixes.iter().any(|prefix| account.code.starts_with(prefix.as_str()));
    if begins(&layout.cash_flow.financing) {
        return if account.kind == "equity" { OWNERS } else { DEBTS };
    }
    if begins(&layout.cash_flow.investing) {
        return INVESTING;
    }
    match (account.detail(), account.kind.as_str()) {
        ("receivable" | "clearing" | "revenue", _) => CUSTOMERS,
        ("payable" | "inventory" | "cost_of_sales", _) => SUPPLIERS,
        ("operating" | "depreciation_expense", _) => EXPENSES,
        ("tax" | "income_tax", _) => TAXES,
        ("financial", _) => INTEREST,
        ("fixed" | "depreciation", _) | ("non_current", "asset") => INVESTING,
        ("non_current", _) => DEBTS,
        ("capital" | "retained" | "result", _) | (_, "equity") => OWNERS,
        _ => OTHER,
    }
}

/// The accounts behind a row of the cash flow (`cash-flow:O.1`, `cash-flow:O`, `cash-flow:cash`), of the indirect one those of the
/// balance sheet alone; none where there is no such row.
#[must_use]
pub fn behind<'a>(row: &str, layout: &Layout, accounts: &'a [Account]) -> Option<Vec<&'a Account>> {
    let (report, code) = row.split_once(':')?;
    let is_indirect = match report {
        "cash-flow" => false,
        "cash-flow-indirect" => true,
        _ => return None,
    };
    let accounts = accounts.iter().filter(|account| account.postable);
    if code == "cash" {
        return Some(accounts.filter(|account| account.is_cash()).collect());
    }
    let is_one = |flow: &Flow| flow.code == code || flow.code.split('.').next() == Some(code);
    let of = accounts.filter(|account| !account.is_cash() && is_one(&flow_of(account, layout)) && !(is_indirect && account.is_of_result()));
    FLOWS.iter().any(is_one).then(|| of.collect())
}

/// What stands against money in an entry: an account, its line of the cash flow, and credit less debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Against {
    pub account: Uuid,
    pub flow: &'static str,
    pub minor: i64,
}

/// Shares an entry's money among what stands against it on the money's own side, in proportion: first among lines of the cash
/// flow, each as what its accounts come to together, then within each among its accounts. The shares are together the money.
#[must_use]
pub fn share(against: &[Against]) -> Vec<Against> {
    let money: i64 = against.iter().map(|part| part.minor).sum();
    let mut flows: BTreeMap<&'static str, i64> = BTreeMap::new();
    for part in against {
        *flows.entry(part.flow).or_default() += part.minor;
    }
    flows.retain(|_, minor| minor.signum() == money.signum());
    let weights: Vec<i64> = flows.values().map(|minor| minor.abs()).collect();
    let mut shared = vec![];
    for (flow, part) in flows.keys().zip(apportion(money.abs(), &weights)) {
        let of: Vec<&Against> = against.iter().filter(|a| a.flow == *flow && a.minor.signum() == money.signum()).collect();
        let weights: Vec<i64> = of.iter().map(|a| a.minor.abs()).collect();
        for (account, minor) in of.iter().zip(apportion(part, &weights)) {
            shared.push(Against { minor: minor * money.signum(), ..**account });
        }
    }
    shared
}
