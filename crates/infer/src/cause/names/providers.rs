//! Well-known services that others run, by the names that their client libraries put into errors (`StripeConnectionError`,
//! `twilio.base.exceptions`). Names only; whether the call failed is for the words around them to say.

use coroner_lines::table::words;
use coroner_lines::text::words::split;

/// Providers whose public client libraries name their errors or packages after them. Stores and monitors of one's own, which
/// are known as databases, caches and pagers, are none.
const PROVIDERS: [&str; 44] = words(
    "Adyen Affirm Akeneo Algolia Anthropic Auth0 Avalara Braintree Cloudinary Contentful Docusign Dropbox Fastly GoCardless HubSpot \
     Intercom Klarna LaunchDarkly Mailchimp Mailgun Mandrill Mapbox MessageBird Mollie Nexmo Okta OneLogin OpenAI PayPal Plaid \
     Postmark Pusher Razorpay SagePay Salesforce SendGrid Shopify Stripe TaxJar Trustly Twilio Vonage Worldpay Zendesk",
);

/// The provider that a word or identifier of a text names.
pub(super) fn provider_of_client(text: &str) -> Option<&'static str> {
    let named = split(text);
    PROVIDERS.iter().copied().find(|p| {
        let whole = p.to_ascii_lowercase();
        // `SendGrid` is one word or two
        let parts = split(p);
        named.contains(&whole) || named.windows(parts.len()).any(|w| w == parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_of_a_client_library_names_its_provider() {
        let of = |text: &str| provider_of_client(text);
        assert_eq!(of("StripeConnectionError: aborted"), Some("Stripe"));
        assert_eq!(
            of("twilio.base.exceptions.TwilioRestException"),
            Some("Twilio")
        );
        assert_eq!(of("com.sendgrid.SendGridException: 503"), Some("SendGrid"));
        assert_eq!(of("striped tables are slow"), None);
        assert_eq!(of("Auth0 is unavailable"), Some("Auth0"));
    }
}
