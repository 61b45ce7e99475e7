// What a kernel itself said of what a guest did without.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::run {

// Of a cell that is miss or skip: at most two lines, in their order, in which the kernel explains
// it. `kmsg` is the guest's log of records, `reason` the verdict's, `nonce` that of its canaries.
//
// There is no list of such lines: what counts is who speaks, and when. A line is about the reason
// if the subsystem in front of its first colon ("kvm_amd: ", "nd_pmem namespace0.0: ") is named
// there. Warnings and worse of that subsystem count wherever they stand, for a driver that is built
// in speaks at boot; any other error only behind the begin canary, while modules were loaded and
// the case ran. Pure.
std::vector<std::string> kernel_words(std::string_view kmsg, std::string_view reason,
                                      std::string_view nonce);

}  // namespace kproof::run
