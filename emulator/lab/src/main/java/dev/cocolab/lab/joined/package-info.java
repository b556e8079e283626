/** A cluster of somebody else's that a lab works on: getting in, and leaving nothing behind. */
package dev.cocolab.lab.joined;
