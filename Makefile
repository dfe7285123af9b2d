# The commands everybody needs, for fingers used to make. `cargo xtask help` tells more; ARGS is handed on:
#   make run ARGS="-- --lan"
.PHONY: run test dev bench build
ARGS ?=

run test dev bench build:
	@cargo xtask $@ $(ARGS)
