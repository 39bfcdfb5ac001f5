"""What the payment service Stripe answers."""

from webapp.rules.categories import Category, Family
from webapp.rules.rule import Table

table = Table(Category.NEVER_RETRY)
add = table.add
add(
    "payment_key_refused",
    Family.INVALID_CREDENTIALS,
    "Stripe does not accept the access key",
    "invalid api key provided | expired api key provided | the provided key 'sk_"
    " | the provided key 'rk_",
    r"(invalid|expired) api key provided|the (provided key)",
)
add(
    "stripe_permission",
    Family.PERMISSION,
    "Stripe says that this key or account may not do this",
    "does not have the required permissions for this endpoint"
    " | does not have access to account | only stripe connect platforms"
    " | signed up for connect | your account cannot currently make live charges"
    " | sending credit card numbers directly to the stripe api is generally unsafe"
    " | must complete your platform profile | you cannot create a charge for"
    " | testmode_charges_only | cannot currently make charges"
    " | your destination account needs to have at least",
    r"(required permissions|access to account|connect|live charges|card numbers directly"
    r"|platform profile|make charges|testmode_charges_only|destination account)",
)
add(
    "stripe_mode_mismatch",
    Family.BAD_REQUEST,
    "the object exists in the other of Stripe's test and live modes",
    "a similar object exists in",
    r"no such (\w+).{0,120}a similar object exists in (test|live) mode",
    category=Category.CODE_ERROR,
)
add(
    "stripe_no_such_object",
    Family.NOT_FOUND,
    "the payment object that the program names does not exist",
    "no such price | no such customer | no such plan | no such product | no such payment"
    " | no such coupon | no such subscription | no such token | no such setupintent"
    " | no such checkout",
    r"no such ([a-z_]+):",
    category=Category.CODE_ERROR,
)
add(
    "stripe_webhook_signature",
    Family.BUILD_CONFIG,
    "the signature of an incoming message could not be checked, because its text was changed or "
    "the secret is another one",
    "no signatures found matching the expected signature"
    " | webhook payload must be provided as a string or a buffer"
    " | unable to extract timestamp and signatures from header",
    category=Category.CODE_ERROR,
)
