#pragma once

#include <memory>
#include <span>

#include "base/error.h"
#include "data/array_files.h"
#include "data/dataset.h"
#include "data/open.h"
#include "model/graph.h"

namespace quantrail {

/// Samples fed as stored: row i of each array. Floats of other widths are converted to float32, float16 or bfloat16
/// (to the nearest, ties to even; finite values must stay so), smaller integers to int64, where the network asks for
/// these. `limit` 0: all rows. Errors: InvalidInput when arrays and network inputs do not match by name, type or shape.
[[nodiscard]] Result<std::shared_ptr<const Dataset>> make_array_dataset(ArrayFiles files, std::int64_t limit,
                                                                        std::span<const ValueInfo> inputs,
                                                                        const OpenOptions& options);

}  // namespace quantrail
