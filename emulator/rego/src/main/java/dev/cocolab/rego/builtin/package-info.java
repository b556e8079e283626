/** Functions the language brings along. Internal to the module. */
package dev.cocolab.rego.builtin;
