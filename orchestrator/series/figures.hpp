// The figures of a series. Internal to series/.
#pragma once

#include "series/matrix.hpp"

namespace kproof::series {

std::vector<MetricColumn> metric_columns(const std::vector<Row>& rows,
                                         const std::vector<model::CellResult>& cells,
                                         const std::vector<model::WatchedMetric>& metrics);

}  // namespace kproof::series
