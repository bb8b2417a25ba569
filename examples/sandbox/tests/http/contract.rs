//! The contract as a judge: reads the OpenAPI document and says whether an exchange keeps to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::client::Answer;

/// The contract that the sandbox itself carries.
pub(crate) static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

pub(crate) struct Contract {
    document: Value,
    pub(crate) operations: Vec<Operation>,
    /// Schemas that were compiled before, by their text.
    compiled: Mutex<BTreeMap<String, &'static Validator>>,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Whether the sandbox does not answer it yet.
    pub(crate) later: bool,
    body: Value,
}

impl Operation {
    fn matches(&self, method: &str, path: &str) -> bool {
        let path = path.split('?').next().unwrap();
        let (ours, asked) = (self.path.split('/'), path.split('/'));
        self.method == method
            && ours.clone().count() == asked.clone().count()
            && ours.zip(asked).all(|(ours, asked)| ours.starts_with('{') || ours == asked)
    }
}

impl Contract {
    fn read() -> Self {
        let document: Value = serde_saphyr::from_str(tanba_sandbox::CONTRACT).unwrap();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in ["get", "put", "post", "delete"] {
                let Some(body) = item.get(method) else { continue };
                operations.push(Operation {
                    id: body["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    later: body.get("x-sandbox").is_some(),
                    body: body.clone(),
                });
            }
        }
        Self { document, operations, compiled: Mutex::default() }
    }

    /// The operation of a request, unless it is none of the contract's. A path without parameters goes first.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let matching = self.operations.iter().filter(|operation| operation.matches(method, path));
        matching.min_by_key(|operation| operation.path.matches('{').count())
    }

    /// Panics unless the answer is one that the contract foresees, and the request too if it was fulfilled.
    pub(crate) fn judge(&self, operation: &Operation, request: &[u8], answer: &Answer) {
        let id = &operation.id;
        let responses = &operation.body["responses"];
        let status = answer.status.to_string();
        let response = responses.get(&status).or_else(|| responses.get("default"));
        let response =
            self.resolve(response.unwrap_or_else(|| panic!("{id}: {status} is not foreseen")));
        if answer.status >= 400 {
            assert!(responses.get(&status).is_none(), "{id}: a problem has the default response");
        }
        match response.get("content") {
            None => assert!(answer.body.is_empty(), "{id}: {status} has no body"),
            Some(content) => {
                let media_type = answer.header("content-type").unwrap_or_default();
                let content = content.get(media_type);
                let content =
                    content.unwrap_or_else(|| panic!("{id}: {status} is not {media_type:?}"));
                self.validate(
                    &content["schema"],
                    &answer.json(),
                    &format!("{id} answered {status}"),
                );
            }
        }
        for (name, header) in
            response.get("headers").and_then(Value::as_object).into_iter().flatten()
        {
            if let Some(value) = answer.header(name) {
                let value = value.parse::<u64>().map_or(json!(value), |number| json!(number));
                self.validate(&header["schema"], &value, &format!("{id}: header {name}"));
            }
        }
        if (200..300).contains(&answer.status)
            && let Some(schema) =
                operation.body.pointer("/requestBody/content/application~1json/schema")
        {
            self.validate(
                schema,
                &serde_json::from_slice(request).unwrap(),
                &format!("{id} was asked"),
            );
        }
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    fn validate(&self, schema: &Value, value: &Value, what: &str) {
        let validator =
            *self.compiled.lock().unwrap().entry(schema.to_string()).or_insert_with(|| {
                // References point into the document, so that the schemas it names come along.
                let mut root = schema.clone();
                root["components"] = self.document["components"].clone();
                let options = jsonschema::draft202012::options().should_validate_formats(true);
                Box::leak(Box::new(options.build(&root).unwrap()))
            });
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{what} against the contract: {faults:#?}");
    }
}

#[test]
fn the_judge_refuses_what_the_contract_does_not_foresee() {
    let operation = CONTRACT.operation("POST", "/v1/sessions").unwrap();
    let answer = |status, body: &Value| Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    };
    let request =
        json!({"template": "individual_remote", "iin": "500101100010", "locale": "ru"}).to_string();
    let good = json!({"sid": "s", "token": "t", "state": "subject_found", "expires_at": "2026-01-01T00:00:00Z"});
    CONTRACT.judge(operation, request.as_bytes(), &answer(201, &good));
    let mut bad = vec![(200, good.clone()), (400, good.clone())];
    for (member, value) in
        [("state", json!("other")), ("expires_at", json!("soon")), ("sid", json!(1))]
    {
        let mut changed = good.clone();
        changed[member] = value;
        bad.push((201, changed));
    }
    for (status, body) in bad {
        let judged = std::panic::catch_unwind(|| {
            CONTRACT.judge(operation, request.as_bytes(), &answer(status, &body));
        });
        assert!(judged.is_err(), "{status} {body}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    references(&CONTRACT.document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let target =
            reference.strip_prefix('#').and_then(|pointer| CONTRACT.document.pointer(pointer));
        assert!(target.is_some(), "{reference}");
    }
    let names: BTreeSet<_> = CONTRACT.operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(names.len(), CONTRACT.operations.len());
}
