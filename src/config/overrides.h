#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/json.h"

namespace quantrail {

/// `document` with `overrides` set, each "path=value". A path is dotted, with [i] for list elements (one past the end
/// appends), or the end of just one known path that has an effect: "maximal_drop", "validation.limit"; of several,
/// those count whose sections `document` has. A value that is not JSON is text. Where `document` has no algorithms,
/// parameters are those of DefaultQuantization. Errors: InvalidInput for a path that is unknown or means several keys,
/// naming the nearest or all of them.
[[nodiscard]] Result<Json> with_overrides(Json document, const std::vector<std::string>& overrides);

}  // namespace quantrail
