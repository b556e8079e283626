/**
 * Evidence taken apart into named fields, each of which can be changed, with the signatures left as
 * they are or made again with the keys of the emulated machine.
 */
package dev.cocolab.tee.tamper;
