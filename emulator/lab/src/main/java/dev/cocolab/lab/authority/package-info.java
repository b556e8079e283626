/** The X.509 authority of this machine's labs, and what it issues. */
package dev.cocolab.lab.authority;
