/** The command {@code seal}: makes and checks sealed secrets, and the key that signs them. */
package dev.cocolab.cli.seal;
