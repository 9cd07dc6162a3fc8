// libFuzzer's target over everything that a hostile model meets; tools/fuzz builds and runs it.
#include <cstring>
#include <random>

#include "fuzz/model_mutator.h"
#include "fuzz/whole_way.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::size_t stored(const std::string& bytes, std::uint8_t* data, std::size_t most) {
  if (bytes.empty() || bytes.size() > most) return 0;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)quantrail::fuzz::led_through(text(data, size));
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  constexpr unsigned kPlainOneIn = 8;
  if (seed % kPlainOneIn != 0) {
    const auto changed = stored(quantrail::fuzz::mutated(text(data, size), seed / kPlainOneIn), data, most);
    if (changed != 0) return changed;
  }
  return LLVMFuzzerMutate(data, size, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                                                 std::size_t most, unsigned seed) {
  return stored(quantrail::fuzz::joined(text(first, first_size), text(second, second_size), seed), out, most);
}
