#include "tracking/name_lists.h"

#include <gmock/gmock.h>

namespace quantrail::tracking {
namespace {

TEST(NameLists, ComeBackWhateverWasBefore) {
  const std::vector<NameLists> all{NameLists{}, NameLists{{{5}, {5}, {6}, {}}}, NameLists{{{7}, {5, 7}, {6, 8}, {0}}},
                                   NameLists{{{}, {7}, {}, {0, 1, 2, 300, 70'000}}},
                                   NameLists{{{1, 1, 1}, {7, 5}, {200'000'000}, {0}}}};
  for (const auto& before : all) {
    for (const auto& now : all) EXPECT_EQ(decoded(encoded(now, before), before), now);
  }
}

TEST(NameLists, TakeAFewBytesForAStep) {
  NameLists before;
  for (std::uint32_t name = 0; name < 100; ++name) before[1].push_back(name), before[2].push_back(name + 100);
  NameLists now = before;
  now[0] = {100};
  now[1].push_back(100);
  now[2].push_back(200);
  EXPECT_LE(encoded(now, before).size(), 12U);
}

TEST(NameLists, DamagedBytesAreNoLists) {
  const NameLists now{{{1}, {2, 3}, {300}, {}}};
  const auto bytes = encoded(now, {});
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decoded(std::span(bytes).first(size), {}));
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decoded(longer, {}));
  EXPECT_FALSE(decoded(encoded(now, now), {})) << "it leans on what is not there";
  EXPECT_FALSE(decoded(std::vector<std::uint8_t>(40, 0xFF), {}));
  EXPECT_FALSE(decoded(std::vector<std::uint8_t>{0, 0xFF, 0xFF, 0xFF, 0x7F}, {})) << "more names than bytes";
}

}  // namespace
}  // namespace quantrail::tracking
