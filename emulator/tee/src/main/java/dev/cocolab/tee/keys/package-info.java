/** Key pairs of the emulated hardware: how they are kept, and what signs with them. */
package dev.cocolab.tee.keys;
