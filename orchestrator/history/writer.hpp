// One run's rows into the file. Internal to history/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include "history/rows.hpp"

namespace kproof::history {

// How many cells are new; one transaction. A run of which none is leaves no row.
std::size_t write(SQLite::Database& db, const Run& run);

}  // namespace kproof::history
