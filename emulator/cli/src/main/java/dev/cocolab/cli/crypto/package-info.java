/** Which cryptography the programs of the command line use. */
package dev.cocolab.cli.crypto;
