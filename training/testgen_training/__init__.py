"""testgen_training makes testgen's models: corpus, tokenizer, training, export, evaluation."""
