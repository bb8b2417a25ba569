//! What is read as an object, and what is not.

use serde_json::json;

use super::*;

#[test]
fn sloppy_objects_mean_what_the_reader_of_java_took_them_for() {
    let expected = json!({"module": "a.b", "method": "m", "args": ["x", true, null, -1.5]});
    for text in [
        r#"{"module":"a.b","method":"m","args":["x",true,null,-1.5]}"#,
        r#"{ module: "a.b", method: "m", args: ["x", true, null, -1.5] }"#,
        r#"{'module':'a.b','method':'m','args':['x',true,null,-1.5]}"#,
        r#"{module="a.b";method="m";args=["x";true;null;-1.5]}"#,
        r#"{module=>"a.b",method => "m",args=>["x",true,null,-1.5,],}"#,
        r#"{"module":"a.b","method":"m","args":["x",true,null,-1.5;];}"#,
        "{\n\tmodule\t: 'a\\u002eb',\r\n method: \"m\", args: [\"\\x\", true, null, -1.5]}",
    ] {
        let text = text.replace("\\x", "x");
        let read = object(&text).map(Value::Object);
        assert_eq!(read.as_ref(), Some(&expected), "{text}");
    }
    let text = r#"{a:'it\'s "it"',b:"\ud83d\ude00\/",'c d':{e f:[]}}"#;
    let expected = json!({"a": "it's \"it\"", "b": "😀/", "c d": {"e f": []}});
    assert_eq!(object(text).map(Value::Object), Some(expected));
}

#[test]
fn what_is_no_object_is_none() {
    for text in [
        "",
        " ",
        "1",
        "[]",
        "\"{}\"",
        "null",
        "{",
        "}",
        "{a}",
        "{a:}",
        "{:1}",
        "{,}",
        "{a:b}",
        "{a:tru}",
        "{a:TRUE}",
        "{a:1 2}",
        "{a:1}x",
        "{a:1}{}",
        "{\"a\":1,,}",
        "{a:[,]}",
        "{a:[1,,2]}",
        "{a:[1 2]}",
        "{a:'x}",
        "{a:'x\ny'}",
        "{a:'\\q'}",
        "{a:'\\u12'}",
        "{a:'\\u+123'}",
        "{a:'\\ud800'}",
        "{a:'\\udc00'}",
        "{\"a\":\"\\ud800\"}",
        "{a:1/*b*/}",
        "{a=>=1}",
        "{a:{b:1}",
        "{a:\u{0}}",
        "--heartbeat--",
    ] {
        assert_eq!(object(text), None, "{text:?}");
    }
}

#[test]
fn a_text_that_would_become_too_much_is_not_read() {
    let deep = |count: usize| format!("{{\"a\":{}{}}}", "[".repeat(count), "]".repeat(count));
    assert!(object(&deep(DEPTH - 1)).is_some());
    assert!(object(&deep(DEPTH)).is_none());
    assert!(object(&deep(100_000)).is_none());
    assert!(object(&"{a:".repeat(100_000)).is_none());
    let wide = |count: usize| format!("{{\"a\":[{}1]}}", "1,".repeat(count));
    assert!(object(&wide(PARTS - 4)).is_some());
    assert!(object(&wide(PARTS)).is_none());
    assert!(object(&format!("{{a:[{}]}}", "1;".repeat(PARTS))).is_none());
    let keys: String = (0..PARTS).map(|at| format!("\"{at}\":0,")).collect();
    assert!(object(&format!("{{{keys}}}")).is_none());
}

#[test]
fn damaged_texts_are_read_or_not_and_break_nothing() {
    let whole = "{ module=>'қ\\u0436\\ud83d\\ude00', \"a\" = [1; 'b', {c:null},], d: \"\\\"\" ; }";
    assert!(object(whole).is_some());
    let characters: Vec<char> = whole.chars().collect();
    for at in 0..characters.len() {
        let cut: String = characters[..at].iter().collect();
        assert!(object(&cut).is_none(), "{cut}");
        for other in ['\'', '"', '\\', '{', ']', ':', 'u', '\u{0}', '😀'] {
            let mut changed = characters.clone();
            changed[at] = other;
            let changed: String = changed.into_iter().collect();
            let read = object(&changed);
            let again = object(&changed);
            assert_eq!(read, again);
        }
    }
}
