//! What may be done, and which roles may do it.

use serde::{Deserialize, Serialize};

use super::modules::Module;

/// What a route asks of its caller; `module:action` in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Signed in, no company needed.
    SignedIn,
    CompanyRead,
    CompanyWrite,
    /// What only the owner can give away.
    CompanyOwn,
    MembersRead,
    MembersWrite,
    RolesWrite,
    KeysWrite,
    AuditRead,
    FilesRead,
    FilesWrite,
    BillingRead,
    BillingWrite,
    ContactsRead,
    ContactsWrite,
    CatalogueRead,
    CatalogueWrite,
    InventoryRead,
    InventoryWrite,
    AccountingRead,
    AccountingWrite,
    /// Closing and opening books, and posting where only advisers do.
    AccountingClose,
    PosRead,
    PosSell,
    PosManage,
    ImportsWrite,
    /// Operators of the platform, who are no members of companies.
    PlatformAdmin,
}

impl Permission {
    /// Every permission that a member of a company can have.
    pub const OF_COMPANIES: [Self; 25] = [
        Self::CompanyRead,
        Self::CompanyWrite,
        Self::CompanyOwn,
        Self::MembersRead,
        Self::MembersWrite,
        Self::RolesWrite,
        Self::KeysWrite,
        Self::AuditRead,
        Self::FilesRead,
        Self::FilesWrite,
        Self::BillingRead,
        Self::BillingWrite,
        Self::ContactsRead,
        Self::ContactsWrite,
        Self::CatalogueRead,
        Self::CatalogueWrite,
        Self::InventoryRead,
        Self::InventoryWrite,
        Self::AccountingRead,
        Self::AccountingWrite,
        Self::AccountingClose,
        Self::PosRead,
        Self::PosSell,
        Self::PosManage,
        Self::ImportsWrite,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::CompanyRead => "company:read",
            Self::CompanyWrite => "company:write",
            Self::CompanyOwn => "company:own",
            Self::MembersRead => "members:read",
            Self::MembersWrite => "members:write",
            Self::RolesWrite => "roles:write",
            Self::KeysWrite => "api_keys:write",
            Self::AuditRead => "audit:read",
            Self::FilesRead => "files:read",
            Self::FilesWrite => "files:write",
            Self::BillingRead => "billing:read",
            Self::BillingWrite => "billing:write",
            Self::ContactsRead => "contacts:read",
            Self::ContactsWrite => "contacts:write",
            Self::CatalogueRead => "catalogue:read",
            Self::CatalogueWrite => "catalogue:write",
            Self::InventoryRead => "inventory:read",
            Self::InventoryWrite => "inventory:write",
            Self::AccountingRead => "accounting:read",
            Self::AccountingWrite => "accounting:write",
            Self::AccountingClose => "accounting:close",
            Self::PosRead => "pos:read",
            Self::PosSell => "pos:sell",
            Self::PosManage => "pos:manage",
            Self::ImportsWrite => "imports:write",
            Self::PlatformAdmin => "platform:admin",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::OF_COMPANIES.into_iter().find(|permission| permission.name() == name)
    }

    /// Whether it can be put into a role or a group: all but ownership, which is one member's alone.
    #[must_use]
    pub fn can_be_granted(self) -> bool {
        !matches!(self, Self::SignedIn | Self::CompanyOwn | Self::PlatformAdmin)
    }

    /// Whether a program can have it: who belongs to the company, and who may do what, is for people to decide.
    #[must_use]
    pub fn is_for_keys(self) -> bool {
        self.can_be_granted()
            && !matches!(self, Self::MembersRead | Self::MembersWrite | Self::RolesWrite | Self::KeysWrite | Self::AuditRead)
    }

    /// The part of the product that it belongs to; none for what every company needs.
    #[must_use]
    pub const fn module(self) -> Option<Module> {
        match self {
            Self::ContactsRead | Self::ContactsWrite => Some(Module::Contacts),
            Self::CatalogueRead | Self::CatalogueWrite => Some(Module::Catalogue),
            Self::InventoryRead | Self::InventoryWrite => Some(Module::Inventory),
            Self::AccountingRead | Self::AccountingWrite | Self::AccountingClose => Some(Module::Accounting),
            Self::PosRead | Self::PosSell | Self::PosManage => Some(Module::Pos),
            Self::ImportsWrite => Some(Module::Imports),
            Self::SignedIn
            | Self::CompanyRead
            | Self::CompanyWrite
            | Self::CompanyOwn
            | Self::MembersRead
            | Self::MembersWrite
            | Self::RolesWrite
            | Self::KeysWrite
            | Self::AuditRead
            | Self::FilesRead
            | Self::FilesWrite
            | Self::BillingRead
            | Self::BillingWrite
            | Self::PlatformAdmin => None,
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// What operators of the platform may do in a company that they support: look at everything but its log, or also change
/// what administrators change. Who belongs to the company, who may do what, and its bills stay the company's.
#[must_use]
pub fn of_support(can_write: bool) -> Permissions {
    use Permission as P;
    let reading = |p: &P| {
        matches!(p, P::CompanyRead | P::MembersRead | P::FilesRead | P::BillingRead | P::CatalogueRead | P::InventoryRead)
            || matches!(p, P::AccountingRead | P::PosRead | P::ContactsRead)
    };
    let kept = |p: &P| matches!(p, P::CompanyOwn | P::MembersWrite | P::RolesWrite | P::KeysWrite | P::AuditRead | P::BillingWrite);
    P::OF_COMPANIES.into_iter().filter(|p| reading(p) || can_write && !kept(p)).collect()
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// Of names; one that is not known any more grants nothing.
    pub fn parse<T: AsRef<str>>(names: &[T]) -> Self {
        names.iter().filter_map(|name| Permission::parse(name.as_ref())).collect()
    }

    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        Permission::OF_COMPANIES.into_iter().filter(|p| self.has(*p)).map(Permission::name).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

/// A member's part in a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Seller,
    Accountant,
    Viewer,
    /// One that the company has made itself.
    Custom,
}

impl Role {
    pub const ALL: [Self; 6] = [Self::Owner, Self::Admin, Self::Seller, Self::Accountant, Self::Viewer, Self::Custom];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Seller => "seller",
            Self::Accountant => "accountant",
            Self::Viewer => "viewer",
            Self::Custom => "custom",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What this role may do by itself; a company's own role may do what the company says.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        use Permission as P;
        let all = || P::OF_COMPANIES.into_iter();
        match self {
            Self::Owner => all().collect(),
            Self::Admin => all().filter(|p| !matches!(p, P::CompanyOwn | P::AuditRead)).collect(),
            Self::Seller => {
                use P::{CatalogueRead, CompanyRead, ContactsRead, ContactsWrite, FilesRead, FilesWrite, InventoryRead, PosRead, PosSell};
                [CompanyRead, FilesRead, FilesWrite, ContactsRead, ContactsWrite, CatalogueRead, InventoryRead, PosRead, PosSell]
                    .into_iter()
                    .collect()
            }
            Self::Accountant => {
                use P::{
                    AccountingClose, AccountingRead, AccountingWrite, BillingRead, CatalogueRead, CatalogueWrite, CompanyRead,
                    ContactsRead, ContactsWrite, FilesRead, FilesWrite, ImportsWrite, InventoryRead, InventoryWrite, PosRead,
                };
                [
                    CompanyRead,
                    FilesRead,
                    FilesWrite,
                    BillingRead,
                    ContactsRead,
                    ContactsWrite,
                    CatalogueRead,
                    CatalogueWrite,
                    InventoryRead,
                    InventoryWrite,
                    AccountingRead,
                    AccountingWrite,
                    AccountingClose,
                    PosRead,
                    ImportsWrite,
                ]
                .into_iter()
                .collect()
            }
            Self::Viewer => {
                use P::{AccountingRead, CatalogueRead, CompanyRead, ContactsRead, FilesRead, InventoryRead, PosRead};
                [CompanyRead, FilesRead, ContactsRead, CatalogueRead, InventoryRead, AccountingRead, PosRead].into_iter().collect()
            }
            Self::Custom => Permissions::default(),
        }
    }
}
