//! Well-known services that others run, by the names that their client libraries put into errors (`StripeConnectionError`,
//! `twilio.base.exceptions`). Names only; whether the call failed is for the words around them to say.

use coroner_lines::table::phrases;
use coroner_lines::text::words::{Phrases, SearchedText};
use std::sync::LazyLock;

/// Providers whose public client libraries name their errors or packages after them. Stores and monitors of one's own, which
/// are known as databases, caches and pagers, are none.
const PROVIDERS: [&str; 44] = phrases(
    "adyen|affirm|akeneo|algolia|anthropic|auth0|avalara|braintree|cloudinary|contentful|docusign|dropbox|fastly|gocardless|\
    hubspot|intercom|klarna|launchdarkly|mailchimp|mailgun|mandrill|mapbox|messagebird|mollie|nexmo|okta|onelogin|openai|\
    paypal|plaid|postmark|pusher|razorpay|sagepay|salesforce|sendgrid|shopify|stripe|taxjar|trustly|twilio|vonage|worldpay|\
    zendesk",
);

static NAMES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PROVIDERS));

/// The provider that a word or identifier of a text names, as the text writes it.
pub(super) fn provider_of_client(text: &str) -> Option<&str> {
    text.get(NAMES.first_in(&SearchedText::of(text.as_bytes()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn an_identifier_of_a_client_library_names_its_provider() {
        holds("provider of a client", |t| or_dash(provider_of_client(t)));
    }
}
