//! The description as a page that people can read: no script, nothing loaded but the sign, light and dark.

use std::fmt::{self, Write as _};

use serde_json::Value;
use utoipa::openapi::OpenApi;

const STYLE: &str = "\
:root{color-scheme:light dark;--soft:light-dark(#fefcfa,#211c19);--line:light-dark(#e3dcd5,#3a342f);\
--quiet:light-dark(#635950,#b9b0a7);--accent:light-dark(#1f6d54,#7fd3b1)}\
body{margin:0;background:light-dark(#f9f5f0,#171310);color:light-dark(#2b2420,#efebe5);\
font:16px/1.5 system-ui,sans-serif}\
main{max-width:52rem;margin:0 auto;padding:2rem 1rem 4rem}\
h1{margin:0}h2{margin:2.5rem 0 .5rem}h3{font-size:1rem;margin:0}\
p{margin:.5rem 0}.quiet{color:var(--quiet)}a{color:var(--accent)}\
section{background:var(--soft);border:1px solid var(--line);border-radius:.75rem;padding:1rem;margin:1rem 0}\
code{font:.9em ui-monospace,monospace}h3 code{overflow-wrap:anywhere}\
.method{color:var(--accent);font-weight:700;margin-right:.5rem}\
table{border-collapse:collapse;width:100%;margin-top:.5rem}\
td{vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line)}\
td:first-child{width:8rem;white-space:nowrap}.type{color:var(--quiet)}";

/// In the order in which people look for them.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The whole page.
pub(super) fn page(description: &OpenApi) -> String {
    // What is built of strings and numbers can always be written; nothing of it would be an empty page.
    let description = serde_json::to_value(description).unwrap_or_default();
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = write_page(&mut out, &description);
    out
}

fn write_page(out: &mut String, description: &Value) -> fmt::Result {
    let info = &description["info"];
    let (title, version) = (Text(&info["title"]), Text(&info["version"]));
    write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} API</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\"><style>{STYLE}</style></head><body><main>\
         <h1>{title} API</h1><p>{}</p><p class=\"quiet\">Version {version}. For programs: \
         <a href=\"/api/openapi.json\">openapi.json</a>, OpenAPI {}.</p><h2>Requests</h2>",
        Text(&info["description"]),
        Text(&description["openapi"])
    )?;
    for (path, methods) in entries(&description["paths"]) {
        for method in METHODS {
            if let Some(operation) = methods.get(method) {
                write_operation(out, method, path, operation)?;
            }
        }
    }
    out.push_str("<h2>What comes and goes</h2>");
    for (name, schema) in entries(at(description, "/components/schemas")) {
        write!(out, "<section id=\"{0}\"><h3>{0}</h3><p>{1}</p>", Escaped(name), Text(&schema["description"]))?;
        write_table(out, entries(&schema["properties"]).map(|(name, schema)| field(name, schema)))?;
        if !schema["enum"].is_null() {
            write!(out, "<p>{}</p>", kind(schema))?;
        }
        out.push_str("</section>");
    }
    out.push_str("</main></body></html>");
    Ok(())
}

fn write_operation(out: &mut String, method: &str, path: &str, operation: &Value) -> fmt::Result {
    write!(
        out,
        "<section><h3><code><span class=\"method\">{}</span>{}</code></h3><p>{}</p>",
        method.to_uppercase(),
        Escaped(path),
        Text(&operation["summary"])
    )?;
    if operation["description"].is_string() {
        write!(out, "<p class=\"quiet\">{}</p>", Text(&operation["description"]))?;
    }
    let body = &operation["requestBody"];
    let sent = body.is_object().then(|| {
        let schema = at(body, "/content/application~1json/schema");
        (String::from("body"), described(schema, [&body["description"], &Value::Null]))
    });
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| {
        let name = parameter["name"].as_str().unwrap_or_default();
        let words = [&parameter["description"], at(parameter, "/schema/description")];
        (format!("<code>{}</code>", Escaped(name)), described(&parameter["schema"], words))
    });
    write_table(out, parameters.chain(sent))?;
    let answers = entries(&operation["responses"]).map(|(status, response)| {
        let content = entries(&response["content"]).next();
        let what = content.map(|(_, content)| kind(&content["schema"])).unwrap_or_default();
        (Escaped(status).to_string(), format!("{} {what}", Text(&response["description"])))
    });
    write_table(out, answers)?;
    out.push_str("</section>");
    Ok(())
}

/// A table of two columns, of HTML; nothing where there are no rows.
fn write_table(out: &mut String, rows: impl Iterator<Item = (String, String)>) -> fmt::Result {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    out.push_str("<table>");
    for (name, what) in rows {
        write!(out, "<tr><td>{name}</td><td>{what}</td></tr>")?;
    }
    out.push_str("</table>");
    Ok(())
}

fn field(name: &str, schema: &Value) -> (String, String) {
    let several = schema["oneOf"].as_array().into_iter().flatten();
    let within = several.map(|one| &one["description"]).find(|words| words.is_string());
    (
        format!("<code>{}</code>", Escaped(name)),
        described(schema, [&schema["description"], within.unwrap_or(&Value::Null)]),
    )
}

/// The first words there are, and what it is.
fn described(schema: &Value, words: [&Value; 2]) -> String {
    let words = words.into_iter().find(|words| words.is_string()).unwrap_or(&Value::Null);
    format!("{} <span class=\"type\">{}</span>", Text(words), kind(schema))
}

/// What a schema is, in HTML: the name of another one as a link, a type, or a list of words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#{0}\"><code>{0}</code></a>", Escaped(name));
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("<code>{}</code>", Text(word))).collect();
        return words.join(" ");
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(one) = schema[several].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return kind(one);
        }
    }
    let name = match &schema["type"] {
        Value::Array(types) => types.first().unwrap_or(&Value::Null),
        one => one,
    };
    match name.as_str() {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some(name) => format!("<code>{}</code>", Escaped(name)),
        None => String::new(),
    }
}

/// What a JSON pointer (RFC 6901) leads to, or null.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// A JSON string as text of the page; nothing if it is none.
struct Text<'a>(&'a Value);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What stands between back quotes is code, as in the comments that this comes from.
        for (at, piece) in self.0.as_str().unwrap_or_default().split('`').enumerate() {
            if at % 2 == 1 { write!(f, "<code>{}</code>", Escaped(piece))? } else { Escaped(piece).fmt(f)? }
        }
        Ok(())
    }
}

/// Text that is no markup.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_never_markup() {
        let text = json!("a <b> & \"c\", and `x < y`");
        assert_eq!(Text(&text).to_string(), "a &lt;b&gt; &amp; &quot;c&quot;, and <code>x &lt; y</code>");
    }

    #[test]
    fn a_schema_is_named_by_what_it_is() {
        assert_eq!(kind(&json!({ "type": "string" })), "<code>string</code>");
        assert_eq!(kind(&json!({ "type": ["integer", "null"] })), "<code>integer</code>");
        assert_eq!(kind(&json!({ "enum": ["a", "b"] })), "<code>a</code> <code>b</code>");
        let link = "<a href=\"#Call\"><code>Call</code></a>";
        let call = json!({ "$ref": "#/components/schemas/Call" });
        assert_eq!(kind(&json!({ "type": "array", "items": call })), format!("list of {link}"));
        assert_eq!(kind(&json!({ "oneOf": [{ "type": "null" }, call] })), link);
        assert_eq!(kind(&Value::Null), "");
    }
}
