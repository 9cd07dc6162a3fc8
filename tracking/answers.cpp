#include "tracking/answers.h"

#include <string>

#include "tracking/codec.h"
#include "tracking/compress.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

/// Series besides those of metrics, which have names without control characters.
constexpr const char* kDistances = "";
constexpr const char* kNotNumbers = "\1";

void put_positions(Numbers& numbers, const std::vector<std::size_t>& positions) {
  if (positions.empty()) return;
  auto& series = numbers.series[kNotNumbers];
  for (const std::size_t position : positions) series.push_back(static_cast<double>(position));
}

/// Takes them out of `numbers`.
std::vector<std::size_t> positions_in(Numbers& numbers) {
  std::vector<std::size_t> positions;
  if (const auto series = numbers.series.extract(kNotNumbers)) {
    for (const double position : series.mapped()) positions.push_back(static_cast<std::size_t>(position));
  }
  return positions;
}

std::optional<EvaluationBlock> block_from(std::int64_t first, double seconds, std::span<const std::uint8_t> bytes) {
  auto numbers = decoded(bytes);
  if (!numbers) return std::nullopt;
  EvaluationBlock block{.first = static_cast<std::size_t>(first), .seconds = seconds};
  if (auto distances = numbers->series.extract(kDistances)) block.distances = std::move(distances.mapped());
  block.not_numbers = positions_in(*numbers);
  block.per_sample = std::move(numbers->series);
  block.states = std::move(numbers->tables);
  return block;
}

}  // namespace

Result<std::unique_ptr<Answers>> Answers::open(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  return std::unique_ptr<Answers>(new Answers(store, std::move(*database)));
}

Result<std::optional<Evaluation>> Answers::find(const Digest& key) {
  std::optional<Evaluation> found;
  std::vector<std::uint8_t> bytes;
  {
    const std::lock_guard lock(mutex_);
    const auto read = each_row(database_, "SELECT samples, distance, seconds, answer FROM evaluations WHERE key = ?1",
                               {key.bytes}, [&](const Row& row) {
                                 found = Evaluation{.distance = row.real(1),
                                                    .seconds = row.real(2),
                                                    .samples = static_cast<std::size_t>(row.integer(0))};
                                 bytes = row.blob(3);
                               });
    if (!read) return failed(read);
  }
  if (!found) return found;
  auto numbers = decoded(bytes);
  if (!numbers) return std::nullopt;
  found->metrics = std::move(numbers->values);
  if (auto distances = numbers->series.extract(kDistances)) found->distances = std::move(distances.mapped());
  found->not_numbers = positions_in(*numbers);
  found->per_sample = std::move(numbers->series);
  return found;
}

Status Answers::save(const Digest& key, const Evaluation& evaluation) {
  // Names every field: one that is added must be stored too.
  const auto& [metrics, per_sample, distance, distances, seconds, samples, not_numbers] = evaluation;
  Numbers numbers{.values = metrics, .series = per_sample};
  if (!distances.empty()) numbers.series[kDistances] = distances;
  put_positions(numbers, not_numbers);
  const auto bytes = encoded(numbers);
  const std::lock_guard lock(mutex_);
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto saved =
      run(database_,
          "INSERT INTO evaluations(key, samples, distance, seconds, answer, created_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
          "ON CONFLICT(key) DO UPDATE SET samples = excluded.samples, distance = excluded.distance, "
          "seconds = excluded.seconds, answer = excluded.answer",
          {key.bytes, static_cast<std::int64_t>(samples), distance, seconds, bytes, store_.now_ms()});
  if (!saved) return saved;
  if (auto dropped = run(database_, "DELETE FROM evaluation_blocks WHERE key = ?1", {key.bytes}); !dropped)
    return dropped;
  return transaction->commit();
}

Result<std::vector<EvaluationBlock>> Answers::blocks(const Digest& key) {
  std::vector<EvaluationBlock> blocks;
  const std::lock_guard lock(mutex_);
  const auto read =
      each_row(database_, "SELECT first, seconds, answer FROM evaluation_blocks WHERE key = ?1 ORDER BY first",
               {key.bytes}, [&](const Row& row) {
                 if (auto block = block_from(row.integer(0), row.real(1), row.blob(2)))
                   blocks.push_back(std::move(*block));
               });
  if (!read) return failed(read);
  return blocks;
}

Status Answers::save_blocks(std::span<const KeyedBlock> blocks) {
  const std::lock_guard lock(mutex_);
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  for (const auto& [key, block] : blocks) {
    const auto& [first, per_sample, states, distances, seconds, not_numbers] = block;
    Numbers numbers{.series = per_sample, .tables = states};
    if (!distances.empty()) numbers.series[kDistances] = distances;
    put_positions(numbers, not_numbers);
    auto saved =
        run(database_,
            "INSERT INTO evaluation_blocks(key, first, seconds, answer, created_ms) VALUES(?1, ?2, ?3, ?4, ?5) "
            "ON CONFLICT(key, first) DO UPDATE SET seconds = excluded.seconds, answer = excluded.answer",
            {key.bytes, static_cast<std::int64_t>(first), seconds, encoded(numbers), store_.now_ms()});
    if (!saved) return saved;
  }
  return transaction->commit();
}

Result<std::optional<std::vector<std::uint8_t>>> Answers::find_blob(const Digest& key) {
  std::optional<std::vector<std::uint8_t>> frame;
  {
    const std::lock_guard lock(mutex_);
    const auto read = each_row(database_, "SELECT content FROM blobs WHERE key = ?1", {key.bytes},
                               [&](const Row& row) { frame = row.blob(0); });
    if (!read) return failed(read);
  }
  if (!frame) return frame;
  return decompressed(*frame);
}

Status Answers::save_blob(const Digest& key, std::string_view kind, std::span<const std::uint8_t> bytes) {
  const auto frame = compressed(bytes);
  const std::lock_guard lock(mutex_);
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto saved = run(database_,
                   "INSERT INTO blobs(key, kind, content, created_ms) VALUES(?1, ?2, ?3, ?4) "
                   "ON CONFLICT(key) DO UPDATE SET content = excluded.content",
                   {key.bytes, kind, frame, store_.now_ms()});
  if (!saved) return saved;
  return transaction->commit();
}

}  // namespace quantrail::tracking
