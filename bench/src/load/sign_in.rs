//! Guest tokens: `POST /api/session` for each person, as PROTOCOL.md has it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};

use crate::load::{LoadError, Person, socket, source};

/// Guests asked for over one connection before the next address's turn.
const PER_CONNECTION: usize = 50;

/// Lets a relay make that many guests.
///
/// # Errors
/// When it refuses.
pub(crate) fn sign_in(port: u16, count: usize) -> Result<Vec<Person>, LoadError> {
    let server = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    let mut people = Vec::with_capacity(count);
    while people.len() < count {
        let stream = socket::connect(server, source(people.len() / PER_CONNECTION))?;
        stream.set_nodelay(true)?;
        let mut connection = BufReader::new(stream);
        for _ in 0..PER_CONNECTION.min(count - people.len()) {
            people.push(guest(&mut connection, server, people.len())?);
        }
    }
    Ok(people)
}

fn guest(connection: &mut BufReader<TcpStream>, server: SocketAddrV4, number: usize) -> Result<Person, LoadError> {
    let body = format!(r#"{{"name":"Guest {number}"}}"#);
    let request = format!(
        "POST /api/session HTTP/1.1\r\nHost: {server}\r\nOrigin: http://{server}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.get_mut().write_all(request.as_bytes())?;
    let (status, body) = response(connection)?;
    let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |path: &str| answer.pointer(path).and_then(serde_json::Value::as_str).map(str::to_owned);
    match (text("/token"), text("/user/id")) {
        (Some(token), Some(id)) => Ok(Person { token, ..Person::named(id) }),
        _ => Err(LoadError::Refused(format!("{status} {}", String::from_utf8_lossy(&body)))),
    }
}

fn response(connection: &mut BufReader<TcpStream>) -> Result<(String, Vec<u8>), LoadError> {
    let mut status = String::new();
    connection.read_line(&mut status)?;
    let mut body_bytes = 0;
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line)? <= 2 {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            body_bytes = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; body_bytes];
    connection.read_exact(&mut body)?;
    Ok((status.trim_end().to_owned(), body))
}
