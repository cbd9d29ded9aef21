//! The applications registered with APIM: one for each supplier, and the odd
//! ones that a supplier meets while it is being onboarded.

use jsonwebtoken::DecodingKey;

use super::credentials::{Credentials, Keys, api_key};
use super::error::SimulatorError;

/// An application with something missing. Each supplies credentials that are
/// refused for one reason (token-endpoint.md, the 401 and 403 rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddApplication {
    /// No public key was registered: the token endpoint answers 403.
    WithoutPublicKey,
    /// Its JWKS address cannot be reached from APIM: 403.
    JwksUnreachable,
    /// The API product was not added to it: 401 `unauthorized_client`.
    WithoutProduct,
    /// Not registered with NHS Notify: a token, but 403 from the API.
    NotRegistered,
    /// Belongs to a supplier that NHS Notify has disabled: 403 from the API.
    SupplierDisabled,
}

impl OddApplication {
    /// All of them.
    pub const ALL: [OddApplication; 5] = [
        OddApplication::WithoutPublicKey,
        OddApplication::JwksUnreachable,
        OddApplication::WithoutProduct,
        OddApplication::NotRegistered,
        OddApplication::SupplierDisabled,
    ];
}

/// What APIM finds where an application's public keys should be.
pub(crate) enum Jwks {
    /// Keys by `kid`.
    Published(Vec<(String, DecodingKey)>),
    /// No address was registered.
    Absent,
    /// An address that APIM cannot reach.
    Unreachable,
}

/// Whose letters an application gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The supplier of this number.
    Supplier(usize),
    /// NHS Notify does not know it, or has disabled it.
    Denied,
}

/// One application.
pub(crate) struct Application {
    pub(crate) credentials: Credentials,
    pub(crate) jwks: Jwks,
    pub(crate) has_product: bool,
    pub(crate) owner: Owner,
}

/// All applications; the suppliers' own come first, in their order.
pub(crate) struct Applications(Vec<Application>);

impl Applications {
    /// Registers an application for each supplier, with fresh keys or the given one, and the odd
    /// ones. These share the first supplier's key pair: they are refused for
    /// what they lack, not for their key. Belongs on a blocking thread.
    ///
    /// # Errors
    /// A key pair that cannot be made.
    pub(crate) fn register(
        suppliers: &[String],
        private_key_pem: Option<&str>,
    ) -> Result<Applications, SimulatorError> {
        let (mut registered, mut first) = (Vec::new(), None);
        for (number, supplier) in suppliers.iter().enumerate() {
            let keys = match private_key_pem {
                Some(pem) => Keys::of_pem(pem)?,
                None => Keys::generate()?,
            };
            registered.push(Application::of_supplier(number, supplier, &keys));
            first.get_or_insert(keys);
        }
        let keys = first.ok_or(SimulatorError::NoSupplier)?;
        registered.extend(OddApplication::ALL.map(|odd| Application::odd(odd, &keys)));
        Ok(Applications(registered))
    }

    /// The application of this number.
    pub(crate) fn get(&self, number: usize) -> Option<&Application> {
        self.0.get(number)
    }

    /// The application with this API key, and its number.
    pub(crate) fn with_key(&self, api_key: &str) -> Option<(usize, &Application)> {
        let mut all = self.0.iter().enumerate();
        all.find(|(_, application)| application.credentials.api_key == api_key)
    }

    /// An odd application; they follow the suppliers' own.
    pub(crate) fn odd(&self, odd: OddApplication) -> Option<&Application> {
        let place = OddApplication::ALL.iter().position(|one| *one == odd)?;
        self.0.get(self.0.len() - OddApplication::ALL.len() + place)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Application {
    fn new(name: String, supplier_id: &str, kid: &str, keys: &Keys, owner: Owner) -> Application {
        let credentials = Credentials {
            api_key: api_key(),
            kid: kid.to_owned(),
            private_key_pem: keys.private_pem.clone(),
            supplier_id: supplier_id.to_owned(),
            application: name,
        };
        Application {
            jwks: Jwks::Published(vec![(credentials.kid.clone(), keys.public.clone())]),
            credentials,
            has_product: true,
            owner,
        }
    }

    fn of_supplier(number: usize, supplier: &str, keys: &Keys) -> Application {
        let (name, kid) = (
            format!("{supplier} on the simulator"),
            format!("{supplier}-1"),
        );
        Application::new(name, supplier, &kid, keys, Owner::Supplier(number))
    }

    fn odd(odd: OddApplication, keys: &Keys) -> Application {
        let name = format!("odd application {odd:?}");
        let mut application = Application::new(name, "", "odd-1", keys, Owner::Denied);
        match odd {
            OddApplication::WithoutPublicKey => application.jwks = Jwks::Absent,
            OddApplication::JwksUnreachable => application.jwks = Jwks::Unreachable,
            OddApplication::WithoutProduct => application.has_product = false,
            OddApplication::NotRegistered | OddApplication::SupplierDisabled => {}
        }
        application
    }
}
