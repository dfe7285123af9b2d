//! Small tools for talking to JavaScript where web-sys has no type, or a heavier one than is needed.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::task::spawn;

/// A dictionary of the Web APIs: an object with these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

/// Sets a field. A plain object takes any, so there is nothing to report.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Reads a field; `undefined` where there is none, or nothing to read it from.
pub(crate) fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Reads a text field.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

/// Calls a method, if the object has it.
pub(crate) fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method = field(object, name).dyn_into::<js_sys::Function>().ok()?;
    let list: Array = arguments.iter().collect();
    Reflect::apply(&method, object, &list).ok()
}

/// Waits for a promise whose type does not matter.
pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// Lets a promise end as it may, so that a refusal nobody waits for is not reported as unhandled.
pub(crate) fn ignore(promise: Promise) {
    spawn(async move {
        let _ = settled(promise).await;
    });
}

/// Calls a method that answers later, if the object has it, and lets the answer be what it may.
pub(crate) fn ask(object: &JsValue, name: &str, arguments: &[&JsValue]) {
    if let Some(Ok(asked)) = call(object, name, arguments).map(JsCast::dyn_into) {
        ignore(asked);
    }
}

/// The `name` of an exception, such as `NotAllowedError`.
pub(crate) fn error_name(error: &JsValue) -> String {
    text(error, "name").unwrap_or_default()
}

/// The words of an exception, for the log.
pub(crate) fn error_words(error: &JsValue) -> String {
    text(error, "message").unwrap_or_default()
}

/// Writes to the console where only somebody who looks for it sees it.
pub(crate) fn log(what: &str, detail: &str) {
    web_sys::console::debug_2(&JsValue::from_str(what), &JsValue::from_str(detail));
}
