/** Rego, in the dialects that Trustee and kata-agent accept. */
package dev.cocolab.rego;
