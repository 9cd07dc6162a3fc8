#include "run/memory_store.h"

#include <gtest/gtest.h>

namespace quantrail {
namespace {

const Digest kKey = Hasher().add("key").finish();

TEST(MemoryStore, KnowsNothingAtFirst) {
  MemoryStore store;
  EXPECT_FALSE(store.find(kKey)->has_value());
  EXPECT_TRUE(store.blocks(kKey)->empty());
  EXPECT_FALSE(store.find_blob(kKey)->has_value());
}

TEST(MemoryStore, GivesBlocksInOrderAndDropsThemWithTheAnswer) {
  MemoryStore store;
  ASSERT_TRUE(store.save_block(kKey, {.first = 8}));
  ASSERT_TRUE(store.save_block(kKey, {.first = 0}));
  const auto blocks = store.blocks(kKey);
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_EQ(blocks->at(0).first, 0U);
  const Evaluation answer{.metrics = {{"top1", 0.5}}, .samples = 16};
  ASSERT_TRUE(store.save(kKey, answer));
  EXPECT_EQ(store.find(kKey)->value(), answer);
  EXPECT_TRUE(store.blocks(kKey)->empty());
}

TEST(MemoryStore, KeepsBlobs) {
  MemoryStore store;
  const std::vector<std::uint8_t> bytes{1, 2, 3};
  ASSERT_TRUE(store.save_blob(kKey, "statistics", bytes));
  EXPECT_EQ(store.find_blob(kKey)->value(), bytes);
}

}  // namespace
}  // namespace quantrail
