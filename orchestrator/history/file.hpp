// The history's file, opened, of the schema of this program. Internal to history/.
#pragma once

#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>

#include "util/error.hpp"

namespace kproof::history {

enum class Access { read, write };

// To write, what is missing is made, and what is older brought up to date. To read, what is older
// is, too, where the file can be written to.
SQLite::Database open_file(const std::filesystem::path& file, Access access);

// What SQLite says, with the next step.
HostError fault(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace kproof::history
