#pragma once

#include <string>

#include "run/records.h"

namespace quantrail {

/// What the model of `iteration` is, for people: "In float: conv1, fc. 97.2 % of the multiply-adds in int8, file of 1.2
/// MiB."
[[nodiscard]] std::string closing_words(const IterationRecord& iteration);

}  // namespace quantrail
