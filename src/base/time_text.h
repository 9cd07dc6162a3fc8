#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quantrail {

// Moments are milliseconds since 1970. Programs read and write UTC; people, what the clock on their wall says.

/// "2026-11-20T14:03:27Z", for JSON, CSV and what else programs read.
[[nodiscard]] std::string utc_text(std::int64_t ms);
/// "2026-11-20 15:03:27", in the time zone of whoever runs the program.
[[nodiscard]] std::string local_text(std::int64_t ms);

struct Period {
  std::int64_t first_ms = 0;
  std::int64_t end_ms = 0;  ///< does not belong to it any more
};
/// What a person typed as a time: "2026" is that whole year, "2026-11" that month, "2026-11-20", "2026-11-20T15",
/// "2026-11-20 15:03" and "2026-11-20T15:03:27" the day, hour, minute and second. Local time; UTC with a "Z" at the
/// end. Nothing: it is none, or there is no such day.
[[nodiscard]] std::optional<Period> period_of(std::string_view text);

}  // namespace quantrail
