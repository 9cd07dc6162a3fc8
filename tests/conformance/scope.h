#pragma once

#include <set>
#include <string>

#include "conformance/case.h"

namespace quantrail::conformance {

/// What a model file uses, read without our own importer, which may refuse it.
struct Content {
  std::set<std::string> operators{};
  std::string out_of_scope{};  ///< why we do not claim it; empty when we do
  bool random = false;         ///< its outputs are random by nature: types and shapes are compared only
};

/// Out of scope are training, control flow, sequences, optional values, maps and strings; nothing else.
[[nodiscard]] Content content_of(const Case& one);

}  // namespace quantrail::conformance
