/** Values of the language and their total order. Internal to the module. */
package dev.cocolab.rego.value;
