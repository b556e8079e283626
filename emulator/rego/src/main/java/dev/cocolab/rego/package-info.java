/**
 * Rego from source text, in the dialects that Trustee and kata-agent accept.
 *
 * <p>{@link dev.cocolab.rego.RegoEngine} is the way in. The whole language is read, {@code with},
 * partial rules and references as rule names included. Functions that the engines of Trustee and
 * kata-agent do not have ({@code http.send}, {@code io.jwt}, {@code crypto}, {@code net} and
 * others) are compile errors that name the function; so are {@code rand.intn}, {@code time.diff},
 * {@code time.format} and {@code time.parse_ns}, which Trustee has. The reference implementation
 * differs in that a base document hides a rule of the same path, that a number can be the key of a
 * JSON object, and that a number keeps the text of its literal.
 */
package dev.cocolab.rego;
