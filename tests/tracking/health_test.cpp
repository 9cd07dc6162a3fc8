#include "tracking/health.h"

#include <fstream>

#include "support.h"

namespace quantrail::tracking {
namespace {

TEST(Health, AStoreInUseIsWhole) {
  const TempFolder folder;
  const Store store = new_store(folder);
  const auto lease = own(store, new_run(store));
  EXPECT_TRUE(checked(store));
}

TEST(Health, ADamagedPageIsFound) {
  const TempFolder folder;
  const Store store = new_store(folder, {.connection = {.journal = Journal::Truncate}});
  const auto answers = must(Answers::open(store));
  for (int i = 0; i < 200; ++i)
    must(answers->save_blob(digest_of(std::to_string(i)), "statistics", digest_of("x").bytes));
  std::fstream file(store.database_path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-4096, std::ios::end);
  file << std::string(100, '\xFF');
  file.close();
  EXPECT_TRUE(fails_with(checked(store), Cause::Storage, "damaged"));
}

TEST(Health, WhatSqliteFindsIsToldInOneLine) {
  const TempFolder folder;
  const Store store = new_store(folder, {.connection = {.journal = Journal::Truncate}});
  const auto answers = must(Answers::open(store));
  for (int i = 0; i < 200; ++i)
    must(answers->save_blob(digest_of(std::to_string(i)), "statistics", digest_of("x").bytes));
  // More pages than anything uses.
  std::fstream file(store.database_path(), std::ios::in | std::ios::out | std::ios::binary);
  const auto pages = static_cast<std::uint32_t>(std::filesystem::file_size(store.database_path()) / 4096 + 1);
  file.seekp(28);
  for (const int shift : {24, 16, 8, 0}) file.put(static_cast<char>((pages >> shift) & 0xFFU));
  file.close();
  std::filesystem::resize_file(store.database_path(), pages * 4096ULL);
  const auto found = checked(store);
  ASSERT_TRUE(fails_with(found, Cause::Storage, "damaged: Page"));
  EXPECT_EQ(found.error().message.find('\n'), std::string::npos);
  EXPECT_EQ(found.error().message.find("***"), std::string::npos);
}

TEST(Health, ARowThatRefersToNothingIsFound) {
  const TempFolder folder;
  const Store store = new_store(folder);
  auto careless = must(Database::open(store.database_path(), Database::Access::Existing));
  must(careless.execute("INSERT INTO run_tags(run_id, tag) VALUES(5, 'lost')"));
  EXPECT_TRUE(fails_with(checked(store), Cause::Storage, "a row of run_tags refers to a row of runs"));
}

}  // namespace
}  // namespace quantrail::tracking
