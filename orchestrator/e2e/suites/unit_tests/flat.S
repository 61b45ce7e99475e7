# A flat binary as kvm-unit-tests has them: QEMU loads it by its multiboot header, it prints on the
# serial port, and isa-debug-exit ends QEMU with (CODE << 1) | 1. TEXT and CODE are given by -D.
    .text
    .long 0x1badb002, 0, -0x1badb002
    .globl start
start:
    mov $text, %esi
    mov $0x3f8, %dx
1:  lodsb
    test %al, %al
    jz 2f
    outb %al, %dx
    jmp 1b
2:  mov $CODE, %eax
    mov $0xf4, %dx
    outl %eax, %dx
3:  hlt
    jmp 3b
text:
    .asciz TEXT
