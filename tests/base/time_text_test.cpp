#include "base/time_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace quantrail {
namespace {

/// A time zone, while this object lives.
class Zone {
 public:
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
};

constexpr std::int64_t kMoment = 1'795'766'400'999;  // 2026-11-27T08:00:00Z

TEST(TimeText, IsUtcForProgramsAndLocalForPeople) {
  const Zone zone("XYZ-05:30");
  EXPECT_EQ(utc_text(kMoment), "2026-11-27T08:00:00Z");
  EXPECT_EQ(local_text(kMoment), "2026-11-27 13:30:00");
}

TEST(Period, IsAsLongAsItWasWrittenExactly) {
  const Zone zone("XYZ-05:30");
  const auto shown = [](std::string_view text) {
    const auto period = period_of(text).value();
    return utc_text(period.first_ms) + " " + utc_text(period.end_ms);
  };
  EXPECT_EQ(shown("2026"), "2025-12-31T18:30:00Z 2026-12-31T18:30:00Z");
  EXPECT_EQ(shown("2026-12"), "2026-11-30T18:30:00Z 2026-12-31T18:30:00Z");
  EXPECT_EQ(shown("2026-11-27"), "2026-11-26T18:30:00Z 2026-11-27T18:30:00Z");
  EXPECT_EQ(shown("2026-11-27Z"), "2026-11-27T00:00:00Z 2026-11-28T00:00:00Z");
  EXPECT_EQ(shown("2026-11-27 13"), "2026-11-27T07:30:00Z 2026-11-27T08:30:00Z");
  EXPECT_EQ(shown("2026-11-27T23:59"), "2026-11-27T18:29:00Z 2026-11-27T18:30:00Z");
  EXPECT_EQ(shown(local_text(kMoment)), "2026-11-27T08:00:00Z 2026-11-27T08:00:01Z");
  EXPECT_EQ(shown(utc_text(kMoment)), "2026-11-27T08:00:00Z 2026-11-27T08:00:01Z");
  EXPECT_EQ(shown("2024-02-29Z"), "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z");
}

TEST(Period, OfADayWhenClocksChangeIsNot24Hours) {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const auto day = period_of("2026-03-29").value();
  EXPECT_EQ(day.end_ms - day.first_ms, 23 * 3'600'000);
}

TEST(Period, IsNothingOfWhatIsNoTime) {
  for (const char* text : {"", "Z", "26", "2026-", "2026-1", "2026-13", "2026-00", "2026-02-30", "2026-11-27T",
                           "2026-11-27T24", "2026-11-27 08:60", "2026-11-27T08:00:00.5", "2026-11-27x", "yesterday"}) {
    EXPECT_FALSE(period_of(text)) << text;
  }
}

}  // namespace
}  // namespace quantrail
