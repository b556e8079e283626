/** Trustee alone and the whole lab as test doubles for other projects' JUnit 5 tests. */
package dev.cocolab.junit;
