/** From source text to syntax trees. Internal to the module. */
package dev.cocolab.rego.syntax;
