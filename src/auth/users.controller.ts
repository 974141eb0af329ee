import {
  createUserRequest,
  type CreateUserRequest,
  type Page,
  updateUserRequest,
  type UpdateUserRequest,
  type User,
  listQuery,
  type ListQuery,
} from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Ip, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser } from '../http/current-user.decorator.js';
import { Roles } from './roles.decorator.js';
import { UsersService } from './users.service.js';

@Roles('admin')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  list(@Query({ schema: listQuery }) query: ListQuery): Promise<Page<User>> {
    return this.users.list(query);
  }

  @Post()
  create(
    @CurrentUser() admin: CurrentUser,
    @Body({ schema: createUserRequest }) body: CreateUserRequest,
    @Ip() address: string,
  ): Promise<User> {
    return this.users.create(body, { ...admin, address });
  }

  @Get(':user_id')
  get(@Param('user_id') userId: string): Promise<User> {
    return this.users.get(userId);
  }

  @Patch(':user_id')
  update(
    @CurrentUser() admin: CurrentUser,
    @Param('user_id') userId: string,
    @Body({ schema: updateUserRequest }) body: UpdateUserRequest,
    @Ip() address: string,
  ): Promise<User> {
    return this.users.update(userId, body, { ...admin, address });
  }

  @Delete(':user_id')
  @HttpCode(204)
  delete(
    @CurrentUser() admin: CurrentUser,
    @Param('user_id') userId: string,
    @Ip() address: string,
  ): Promise<void> {
    return this.users.delete(userId, { ...admin, address });
  }
}
