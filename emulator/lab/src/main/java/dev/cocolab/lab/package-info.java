/** Wires the emulator's rooms into one embeddable lab. */
package dev.cocolab.lab;
