/**
 * Seeded garbage for HTTP servers, sent over raw sockets, and the judgement of what comes back. For
 * tests only: the same seed makes the same bytes.
 */
package dev.cocolab.garbage;
