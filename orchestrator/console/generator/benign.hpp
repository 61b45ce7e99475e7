// Lines that are no findings, however much they sound like some.
#pragma once

#include <span>
#include <string_view>

namespace kproof::console::generator {

std::span<const std::string_view> kernel_chatter();   // by kernels, while they boot and later
std::span<const std::string_view> program_chatter();  // by init, daemons, tests and shells
// By programs, in the kernel's words: benign wherever the log says whose line it is.
std::span<const std::string_view> quotations();

}  // namespace kproof::console::generator
