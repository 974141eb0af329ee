import {
  loginRequest,
  type LoginRequest,
  type Me,
  passwordChange,
  type PasswordChange,
  refreshRequest,
  type RefreshRequest,
  type StreamTicket,
  type TokenPair,
} from '@app/contracts';
import { Body, Controller, Get, HttpCode, Ip, Post } from '@nestjs/common';
import { CurrentUser } from '../http/current-user.decorator.js';
import { LoginService } from './login.service.js';
import { Public } from './public.decorator.js';
import { StreamTickets } from './stream-tickets.service.js';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly tickets: StreamTickets,
  ) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  login(@Body({ schema: loginRequest }) body: LoginRequest, @Ip() address: string): Promise<TokenPair> {
    return this.logins.login(body, address);
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  refresh(@Body({ schema: refreshRequest }) body: RefreshRequest, @Ip() address: string): Promise<TokenPair> {
    return this.logins.refresh(body.refresh_token, address);
  }

  @Post('logout')
  @HttpCode(204)
  logout(@CurrentUser() user: CurrentUser, @Ip() address: string): Promise<void> {
    return this.logins.logout(user, address);
  }

  @Get('me')
  me(@CurrentUser() { userId, username, role, isAdmin, createdAt }: CurrentUser): Me {
    return { user_id: userId, username, role, is_admin: isAdmin, created_at: createdAt.toISOString() };
  }

  @Post('password')
  @HttpCode(204)
  changePassword(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: passwordChange }) body: PasswordChange,
    @Ip() address: string,
  ): Promise<void> {
    return this.logins.changePassword(user, body, address);
  }

  @Post('stream-ticket')
  issueStreamTicket(@CurrentUser() user: CurrentUser): Promise<StreamTicket> {
    return this.tickets.issue(user);
  }
}
