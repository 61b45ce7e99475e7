// Does this node do what a cell needs? Asked before a worker claims anything, so that a node's
// fault is told as that, and is nobody's verdict.
#pragma once

#include <filesystem>
#include <string>

#include "model/topology.hpp"
#include "worker/batch.hpp"

namespace kproof::worker {

// A disk whose boot sector says a sentence on the serial port and ends QEMU: a guest that depends
// on no kernel.
std::string boot_sector();
inline constexpr std::string_view kGuestSays = "kproof: a guest runs here";

// Really boots that guest with this accelerator, in `scratch`. "" or what is wrong, for people.
std::string try_guest(model::Accel accel, const std::filesystem::path& scratch);

// What keeps this node from running the cells, a line; "" for nothing: the accelerator that
// `batch` asks for boots a guest, there is memory for the smallest cell, and room in `scratch`.
std::string preflight(const Batch& batch, const std::filesystem::path& scratch);

}  // namespace kproof::worker
