/** Trustee, its secret converter and its operator as programs of pods. */
package dev.cocolab.lab.resident;
