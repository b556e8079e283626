/** The command {@code bench attest}: its broker and its client, each in a process of its own. */
package dev.cocolab.cli.bench;
